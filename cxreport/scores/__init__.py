"""NPS, CSAT, CES and pyramid layers: counted, compared, ranked, held back where few."""
