"""What the mouse does on the picture: hand, brush, lasso, rectangle, line."""
