"""Many figures: what is stale, workers, Make and watching."""
