"""A stored security event as an OCSF 1.3 event: Authentication (3002) or Detection Finding (2004)."""

from typing import Any

VERSION = "1.3.0"
SEVERITY = {"low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}
STATUS = {"success": (1, "Success"), "failure": (2, "Failure"), "unknown": (0, "Unknown")}
PRODUCT = {"name": "Gatehouse", "vendor_name": "Gatehouse"}
LOGON, LOGOFF, OTHER, CREATE = 1, 2, 99, 1


def document(event: dict[str, Any]) -> dict[str, Any]:
    """The OCSF event of a row of `security_events`; pure. `time` is epoch milliseconds."""
    severity_id, severity = SEVERITY[event["severity"]]
    status_id, status = STATUS[event["outcome"]]
    metadata: dict[str, Any] = {"version": VERSION, "product": PRODUCT, "uid": event["id"], "log_name": event["source"]}
    if event["correlation_id"]:
        metadata["correlation_uid"] = event["correlation_id"]
    if event.get("reported_by"):
        metadata["labels"] = [f"reported_by:{event['reported_by']}"]
    found: dict[str, Any] = {
        "metadata": metadata,
        "time": round(event["timestamp"].timestamp() * 1000),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": event["text"],
    }
    own = _authentication(event) if event["category"] in ("authentication", "session") else _finding(event)
    found |= own
    found["type_uid"] = own["class_uid"] * 100 + own["activity_id"]
    return found


def _authentication(event: dict[str, Any]) -> dict[str, Any]:
    action = event["action"] or ""
    activity = LOGOFF if "logout" in action or "logoff" in action else LOGON if "login" in action else OTHER
    found: dict[str, Any] = {
        "category_uid": 3,
        "class_uid": 3002,
        "activity_id": activity,
        "user": {"name": event["actor"] or "unknown"},
        "service": {"name": event["source"]},
    }
    if activity == OTHER:
        found["activity_name"] = action or "other"
    if event["ip"]:
        found["src_endpoint"] = {"ip": event["ip"]}
    return found


def _finding(event: dict[str, Any]) -> dict[str, Any]:
    evidence: dict[str, Any] = {}
    if event["ip"]:
        evidence["src_endpoint"] = {"ip": event["ip"]}
    if event["actor"]:
        evidence["actor"] = {"user": {"name": event["actor"]}}
    title = event["action"] or event["category"]
    info = {"uid": event["id"], "title": title, "desc": event["text"], "types": [event["category"]]}
    return {"category_uid": 2, "class_uid": 2004, "activity_id": CREATE, "finding_info": info} | (
        {"evidences": [evidence]} if evidence else {}
    )
