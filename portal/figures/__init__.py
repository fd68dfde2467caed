"""Groups 专项组 and their figures, drawn from the slices below."""
