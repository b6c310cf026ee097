"""Makes tests/peer/forecast.json: the numbers of the peers of src/forecast.

holidays 0.109, statsmodels 0.15.0, statsforecast 2.1.1, numpy 2.4.6, pandas 2.3.3, scipy 1.17.1, Python 3.11.7.
pip install holidays==0.109 statsmodels==0.15.0 statsforecast==2.1.1; python tests/peer/forecast.py > tests/peer/forecast.json

The series are made here from a linear congruence, and stored whole, so that both sides use the same bits.
"""
import json
import math
import sys
import warnings

import holidays
import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsforecast.models import AutoARIMA, AutoETS, Naive, RandomWalkWithDrift, SeasonalNaive, WindowAverage
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.stattools import kpss
from statsmodels.tsa.statespace.sarimax import SARIMAX

warnings.filterwarnings("ignore")

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

state = 12345


def noise():
    """About normal: twelve uniform draws of a linear congruence, less six."""
    global state
    total = 0.0
    for _ in range(12):
        state = (1103515245 * state + 12345) % 2**31
        total += state / 2**31
    return total - 6


monthly, level = [], 0.0
for t in range(120):
    level = 0.7 * level + noise()
    monthly.append(round(math.exp(4.8 + 0.008 * t + 0.2 * math.sin(math.pi * t / 6) + 0.1 * math.cos(math.pi * t / 3) + 0.02 * level), 4))
daily, level, last = [], 0.0, 0.0
for t in range(140):
    shock = noise()
    level = 0.5 * level + shock + 0.3 * last
    last = shock
    daily.append(round(50 + 0.1 * t + [6, 2, -1, -3, -4, 1, -1][t % 7] + level, 4))
plain, level = [], 20.0
for t in range(60):
    level += 0.15 + 0.5 * noise()
    plain.append(round(level + 0.8 * noise(), 4))
data = {"monthly": monthly, "daily": daily, "plain": plain}
index = {
    "monthly": pd.date_range("2010-01-01", periods=120, freq="MS"),
    "daily": pd.date_range("2020-01-01", periods=140, freq="D"),
    "plain": pd.date_range("1960-01-01", periods=60, freq="YS"),
}
season = {"monthly": 12, "daily": 7, "plain": 1}
frames = {name: pd.Series(values, index=index[name]) for name, values in data.items()}
numbers = lambda values: [float(value) for value in np.asarray(values)]

# Naive forecasts: statsforecast's, with its bounds of 80 and 95 %.
simple = []
for name, model in [("naive", Naive()), ("drift", RandomWalkWithDrift()), ("seasonal-naive", SeasonalNaive(12)), ("moving-average", WindowAverage(5))]:
    y = np.array(monthly)
    found = model.forecast(y, 15, level=None if name == "moving-average" else [80, 95])
    simple.append({"model": name, **{key: numbers(values) for key, values in found.items() if not key.startswith("fitted")}})

# Exponential smoothing: statsmodels' ETSModel at its optimum, its bounds (exact where there is a formula).
ets = []
for name, error, trend, damped, seasonal in [
    ("plain", "add", None, False, None), ("plain", "add", "add", False, None), ("plain", "mul", "add", True, None),
    ("daily", "add", None, False, "add"), ("daily", "add", "add", False, "add"), ("daily", "mul", None, False, "add"),
    ("monthly", "mul", "add", False, "mul"), ("monthly", "add", "add", False, "mul"), ("monthly", "mul", "add", True, "mul"),
]:
    fit = ETSModel(frames[name], error=error, trend=trend, damped_trend=damped, seasonal=seasonal, seasonal_periods=season[name] if seasonal else None).fit(disp=False, maxiter=20000)
    case = {"series": name, "error": error, "trend": trend, "damped": damped, "season": seasonal, "llf": fit.llf, "sse": float(fit.sse), "mean": numbers(fit.forecast(14))}
    if error == "add" and seasonal != "mul":
        bounds = fit.get_prediction(start=len(frames[name]), end=len(frames[name]) + 13).summary_frame(alpha=0.05)
        case |= {"lower": numbers(bounds["pi_lower"]), "upper": numbers(bounds["pi_upper"])}
    ets.append(case)
holt = ExponentialSmoothing(frames["daily"], trend="add", seasonal="add", seasonal_periods=7, initialization_method="estimated").fit()
holt_winters = {"sse": float(holt.sse), "mean": numbers(holt.forecast(14))}

# ARIMA: statsmodels' SARIMAX of the differenced series, from the stationary distribution, at its optimum.
arima = []
for name, order, seasonal, constant in [
    ("plain", (1, 1, 1), (0, 0, 0), False), ("plain", (0, 1, 1), (0, 0, 0), True), ("plain", (2, 0, 0), (0, 0, 0), True),
    ("daily", (1, 0, 1), (0, 1, 1), False), ("daily", (1, 0, 0), (1, 0, 0), True), ("daily", (0, 1, 2), (1, 0, 1), False),
    ("monthly", (0, 1, 1), (0, 1, 1), False), ("monthly", (1, 0, 0), (1, 1, 0), True),
]:
    m = season[name] if any(seasonal) else 0
    y = np.array(data[name])
    fit = SARIMAX(y, order=order, seasonal_order=(*seasonal, m), trend="c" if constant else "n", simple_differencing=True).fit(disp=False, maxiter=2000)
    whole = SARIMAX(fit.model.endog, order=(order[0], 0, order[2]), seasonal_order=(seasonal[0], 0, seasonal[2], m), trend="c" if constant else "n").smooth(fit.params).get_forecast(10)
    names = [name for name in fit.model.param_names if name not in ("sigma2", "intercept")]
    arima.append({"series": name, "order": order, "seasonal": seasonal, "constant": constant, "llf": fit.llf, "names": names, "params": [float(fit.params[fit.model.param_names.index(n)]) for n in names],
        "sigma2": float(fit.params[-1]), "differencedMean": numbers(whole.predicted_mean), "differencedDeviation": numbers(whole.se_mean)})

# Choices by AICc.
chosen = []
for name in data:
    y = np.array(data[name])
    e, a = AutoETS(season_length=season[name]).fit(y), AutoARIMA(season_length=season[name], approximation=False).fit(y)
    chosen.append({"series": name, "ets": e.model_["method"], "etsAicc": float(e.model_["aicc"]), "etsLoglik": float(e.model_["loglik"]), "etsMean": numbers(e.predict(5)["mean"]), "arma": [int(v) for v in a.model_["arma"]], "arimaAicc": float(a.model_["aicc"]), "arimaMean": numbers(a.predict(5)["mean"])})

# Regression on a trend, weekdays and the holidays of 2020: statsmodels' OLS, Student's bounds.
us = holidays.US(years=[2020])
def row(day, t):
    return [1, t] + [float((day.weekday() + 1) % 7 == k) for k in range(1, 7)] + [float(us.get(day) is not None and us[day].startswith(n)) for n in ("New Year", "Martin", "Washington")]
days = pd.date_range("2020-01-01", periods=154, freq="D")
X = np.array([row(day, t) for t, day in enumerate(days)])
fit = sm.OLS(np.array(daily), X[:140]).fit()
future = X[140:]
frame = fit.get_prediction(future).summary_frame(alpha=0.05)
regression = {"mean": numbers(frame["mean"]), "lower": numbers(frame["obs_ci_lower"]), "upper": numbers(frame["obs_ci_upper"]), "scale": float(fit.scale)}

levels = {name: float(kpss(values, regression="c", nlags=int(3 * math.sqrt(len(values)) / 13))[0]) for name, values in data.items()}
out = {"data": data, "holidays": calendar, "observed": observed, "simple": simple, "ets": ets, "holtWinters": holt_winters, "arima": arima, "chosen": chosen, "regression": regression, "kpss": levels}
json.dump(out, sys.stdout, separators=(",", ":"))
