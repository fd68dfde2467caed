"""The router: learns from short texts which topic a submission is about, and says how sure it is."""
