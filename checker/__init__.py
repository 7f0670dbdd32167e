"""The auditor that did not see the run: proves from an export that nothing was lost and nothing happened twice, or names the breach."""
