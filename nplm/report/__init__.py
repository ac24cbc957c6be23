"""The report: a page that shows what the pipeline has made, in French or English."""
