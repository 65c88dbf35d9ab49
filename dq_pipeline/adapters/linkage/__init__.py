"""Record linkage on Splink and DuckDB: train a model, link with it, explain a pair."""
