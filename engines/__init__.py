"""What Tratteggio computes: frames in, frames and provenance out. Knows neither Qt nor the application."""
