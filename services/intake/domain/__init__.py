"""The rules of registration: what a submission must hold, what it becomes, where its case stands."""
