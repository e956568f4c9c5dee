"""The usual scoring service, as a peer: Flask, a DataFrame a request, the scikit-learn wrapper, SHAP for every score,
one INSERT a request on a connection kept per thread, prometheus-flask-exporter.

Environment: BENCH_MODEL (XGBoost's JSON file), DATABASE_URL.
"""

import os
import threading
from typing import Any

import pandas as pd
import psycopg2
import xgboost
from flask import Flask, jsonify, request
from prometheus_flask_exporter import PrometheusMetrics

app = Flask(__name__)
PrometheusMetrics(app)
model = xgboost.XGBClassifier(n_jobs=1)
model.load_model(os.environ["BENCH_MODEL"])
names = model.get_booster().feature_names
local = threading.local()


def connection() -> Any:
    """This thread's connection."""
    if not hasattr(local, "connection"):
        local.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        local.connection.autocommit = True
    return local.connection


@app.post("/api/v1/ml/predict/fraud")
def predict() -> Any:
    """Score, explain, store, answer."""
    body = request.get_json()
    frame = pd.DataFrame([body["features"]], columns=names).astype("float32")
    score = float(model.predict_proba(frame)[0, 1])
    shares = model.get_booster().predict(xgboost.DMatrix(frame), pred_contribs=True)[0][:-1]
    top = names[int(shares.argmax())]
    decision = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
    with connection().cursor() as cursor:
        cursor.execute(
            "INSERT INTO usual_predictions (timestamp, transaction_id, fraud_score, decision, top_feature, features) "
            "VALUES (now(), %s, %s, %s, %s, %s)",
            (body["transaction_id"], score, decision, top, request.get_data(as_text=True)),
        )
    return jsonify(transaction_id=body["transaction_id"], fraud_score=score, decision=decision, top_feature=top)
