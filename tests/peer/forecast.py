"""Makes tests/peer/forecast.json: the numbers of the peers of src/forecast.

holidays 0.109, statsmodels 0.15.0, statsforecast 2.1.1, numpy 2.4.6, pandas 2.3.3, scipy 1.17.1, Python 3.11.7.
pip install holidays==0.109 statsmodels==0.15.0 statsforecast==2.1.1; python tests/peer/forecast.py > tests/peer/forecast.json

The series are made here from a linear congruence, and stored whole, so that both sides use the same bits.
"""
import json
import sys

import holidays

years = range(1995, 2041)
days = lambda found: sorted(day.isoformat() for day in found)
special = ("Nixon", "World Trade Center", "Mourning", "Hurricane")
nyse = holidays.NYSE(years=range(1990, 2041))
calendar = {
    "us": days(holidays.US(years=range(1990, 2041))),
    "us-nyse": days(d for d, name in nyse.items() if not any(word in name for word in special)),
    "uk": days(holidays.UK(subdiv="ENG", years=range(1990, 2041))),
    "de": days(holidays.DE(years=years)),
}
observed = sorted(d.isoformat() for d, name in holidays.US(years=range(1990, 2041)).items() if "(observed)" in name)
out = {"holidays": calendar, "observed": observed}
json.dump(out, sys.stdout, separators=(",", ":"))
