"""The CloudFormation template as JSON, and as far as moto, an AWS for tests, can carry it out."""

import json
from typing import Any

from tests.tree import ROOT

TEMPLATE = ROOT / "deploy" / "aws" / "template.yaml"
# Kinds that moto's CloudFormation passes over; what refers to them gets a stand-in.
UNKNOWN_TO_MOTO = (
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ParameterGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::SecretsManager::Secret",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "AWS::ServiceDiscovery::Service",
)


def template() -> dict[str, Any]:
    """The template with its short forms (`!Ref`) written out."""
    from cfnlint.decode import decode  # takes a second, which only those pay who ask

    found, problems = decode(str(TEMPLATE))
    assert not problems
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def for_moto() -> dict[str, Any]:
    """Without the kinds that moto does not know, and without the one property that it cannot read."""
    whole = template()
    gone = {name for name, resource in whole["Resources"].items() if resource["Type"] in UNKNOWN_TO_MOTO}
    whole["Resources"] = {name: value for name, value in whole["Resources"].items() if name not in gone}
    del whole["Resources"]["Database"]["Properties"]["DBParameterGroupName"]
    replaced: dict[str, Any] = _replace(whole, gone)
    return replaced


def _replace(value: Any, gone: set[str]) -> Any:
    if isinstance(value, list):
        return [_replace(item, gone) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in gone or (isinstance(value.get("Fn::GetAtt"), list) and value["Fn::GetAtt"][0] in gone):
        return f"arn:aws:stand-in:eu-central-1:123456789012:{json.dumps(value)}"
    if isinstance(value.get("Fn::Sub"), str) and any(f"${{{name}}}" in value["Fn::Sub"] for name in gone):
        return "stand-in-for-a-secret"
    return {name: _replace(item, gone) for name, item in value.items()}
