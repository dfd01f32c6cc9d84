"""Full-text search: German analysis, what is indexed, the engines behind a small port, the queue."""
