"""SLA answers for every countdown: deadlines, reminders 提醒, 催办, missed moments and the first rung of 督办."""
