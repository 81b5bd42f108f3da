"""What review copies carry for good: a strip of facts under the picture, and marks over what was invented."""
