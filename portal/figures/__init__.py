"""Groups 专项组 and their figures, drawn from the slices below.

Nothing is kept here: every figure is counted from the cases when somebody asks, by the definitions of `measures.py`.
"""
