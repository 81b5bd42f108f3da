"""Exports as the window knows them: measured beforehand, queued, run in their own process, resumed after a crash."""
