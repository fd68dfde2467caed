"""The way to publication that every published thing goes: reviews by different people, schedule, revisions."""
