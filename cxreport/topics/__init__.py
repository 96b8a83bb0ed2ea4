"""One folder per question that a report answers: its metrics, frames, blocks and texts."""
