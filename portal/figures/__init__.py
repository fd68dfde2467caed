"""Groups 专项组 and their figures, drawn from the slices below, by the definitions of `measures.py`.

Cases are summed up by month and place as they change (`counting.py`); pages read the sums, never the cases.
"""
