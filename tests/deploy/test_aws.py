"""The AWS template: clean by cfn-lint, deployed into moto, and as the product promises (P3)."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core import process_tokens, settings
from stack import services
from tests.deploy.aws import TEMPLATE, for_moto, template
from tests.tree import ROOT

REGION = "eu-central-1"


@cache
def resources() -> dict[str, Any]:
    """Every resource of the template by name; read when a test asks, not by whoever collects the tests."""
    found: dict[str, Any] = template()["Resources"]
    return found


def client(service: str) -> Any:
    """One of AWS's, whose packages take two seconds to import."""
    import boto3

    return boto3.client(service)


def of(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a kind, by name."""
    return {name: found.get("Properties", {}) for name, found in resources().items() if found["Type"] == kind}


def processes() -> dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each ECS service by its name: itself, its task, its main container."""
    found = {}
    for service in of("AWS::ECS::Service").values():
        task = of("AWS::ECS::TaskDefinition")[service["TaskDefinition"]["Ref"]]
        (main,) = [one for one in task["ContainerDefinitions"] if one["Name"] == "gatehouse"]
        found[service["ServiceName"]] = (service, task, main)
    return found


def test_cfn_lint_finds_nothing() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), str(TEMPLATE)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_every_entrance_of_data_is_let_in() -> None:
    patterns = resources()["ApiRule"]["Properties"]["Conditions"][0]["PathPatternConfig"]["Values"]
    for entrance in ("/api/v1/events", "/api/transaction", "/v1/traces"):
        assert any(fnmatchcase(entrance, pattern) for pattern in patterns), entrance


def test_it_fits_into_one_request() -> None:
    assert len(TEMPLATE.read_bytes()) < 51_200, "larger ones must go through a bucket"


@pytest.fixture(scope="module")
def stack() -> Iterator[dict[str, str]]:
    """The deployed stack: physical ids by name."""
    import moto

    environment = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.setenv(name, "testing")
    environment.setenv("AWS_DEFAULT_REGION", REGION)
    with moto.mock_aws():
        certificate = client("acm").request_certificate(DomainName="gatehouse.example.org")["CertificateArn"]
        given = {
            "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/gatehouse:0.1.0",
            "CertificateArn": certificate,
            "PublicName": "gatehouse.example.org",
            "AdminPasswordHash": "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        }
        formation = client("cloudformation")
        formation.create_stack(
            StackName="gatehouse",
            TemplateBody=json.dumps(for_moto()),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        )
        (made,) = formation.describe_stacks(StackName="gatehouse")["Stacks"]
        assert made["StackStatus"] == "CREATE_COMPLETE"
        made_up = formation.describe_stack_resources(StackName="gatehouse")["StackResources"]
        yield {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in made_up}
    environment.undo()


def test_every_resource_is_made(stack: dict[str, str]) -> None:
    assert stack.keys() == for_moto()["Resources"].keys()


def test_the_promised_copies_run_on_fargate(stack: dict[str, str]) -> None:
    ecs = client("ecs")
    arns = ecs.list_services(cluster=stack["Cluster"])["serviceArns"]
    found = ecs.describe_services(cluster=stack["Cluster"], services=arns)["services"]
    assert {one["serviceName"]: one["desiredCount"] for one in found} == {
        "api": 2, "scoring": 2, "console": 1, "collector": 1, "alerts": 2, "statuses": 2, "trainer": 1,
    }  # fmt: skip
    assert {service["LaunchType"] for service in of("AWS::ECS::Service").values()} == {"FARGATE"}  # moto forgets it


def test_the_alert_workers_own_code_scales_the_deployed_service(stack: dict[str, str]) -> None:
    from alerts.respond.scaling import ecs

    where = ecs.Parameters(cluster=stack["Cluster"], region=REGION)
    assert ecs.read(None, where, "scoring") == 2  # type: ignore[arg-type]
    ecs.put(None, where, "scoring", 4, None)  # type: ignore[arg-type]
    assert ecs.read(None, where, "scoring") == 4  # type: ignore[arg-type]


def test_the_database_is_as_promised(stack: dict[str, str]) -> None:
    (found,) = client("rds").describe_db_instances()["DBInstances"]
    assert (found["DBInstanceClass"], found["Engine"]) == ("db.t3.medium", "postgres")
    assert found["StorageEncrypted"]
    assert not found["PubliclyAccessible"]
    assert found["BackupRetentionPeriod"] == 14


def test_the_balancer_is_inside_and_lets_the_allowed_network_in(stack: dict[str, str]) -> None:
    (balancer,) = client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    groups = client("ec2").describe_security_groups(GroupIds=balancer["SecurityGroups"])["SecurityGroups"]
    rules = [(one["FromPort"], [r["CidrIp"] for r in one["IpRanges"]]) for g in groups for one in g["IpPermissions"]]
    assert rules == [(443, ["10.0.0.0/8"])]
    listeners = client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert [one["Protocol"] for one in listeners] == ["HTTPS"]


def test_redis_is_as_promised() -> None:
    cache = resources()["Cache"]["Properties"]
    assert (cache["CacheNodeType"], cache["Engine"]) == ("cache.t3.micro", "redis")
    assert cache["TransitEncryptionEnabled"]
    assert cache["AtRestEncryptionEnabled"]
    assert resources()["CacheParameters"]["Properties"]["Properties"] == {"maxmemory-policy": "noeviction"}
    for (
        _,
        _,
        main,
    ) in processes().values():  # without an append-only file Redis may not be the only one that has an event
        assert {"Name": "GATEHOUSE_DURABILITY", "Value": "postgres"} in main["Environment"]


def test_every_process_of_the_stack_runs_on_its_port() -> None:
    known = settings.load({})
    wanted = [*services.entrances(known), *services.workers(known), services.console(known)]
    assert processes().keys() == {service.name for service in wanted}
    for service in wanted:
        _, task, main = processes()[service.name]
        assert main["Command"][-1] == service.command[-1]
        (mapping,) = main["PortMappings"]
        assert f":{mapping['ContainerPort']}/" in service.ready_url
        assert f":{mapping['ContainerPort']}/healthz" in main["HealthCheck"]["Command"][-1]
        (migrate,) = [one for one in task["ContainerDefinitions"] if one["Name"] == "migrate"]
        assert migrate["Command"] == ["python3", "-m", "core.db.migrate"]
        before = {one["Name"]: one.get("DependsOn") for one in task["ContainerDefinitions"]}
        assert before["migrate"] is None
        after_migrate = [{"ContainerName": "migrate", "Condition": "SUCCESS"}]
        if service.name == "scoring":  # which is not ready, and so replaced, without a model
            assert before["gatehouse"] == [{"ContainerName": "first-model", "Condition": "SUCCESS"}]
            assert before["first-model"] == after_migrate
        else:
            assert before["gatehouse"] == after_migrate


def test_every_container_is_harmless_and_heard() -> None:
    for task in of("AWS::ECS::TaskDefinition").values():
        for container in task["ContainerDefinitions"]:
            assert container["User"] == "10001:10001"
            assert container["ReadonlyRootFilesystem"] is True
            assert container["LogConfiguration"]["LogDriver"] == "awslogs"
            assert "Privileged" not in container


def test_no_secret_is_in_clear() -> None:
    for task in of("AWS::ECS::TaskDefinition").values():
        for container in task["ContainerDefinitions"]:
            told = {variable["Name"] for variable in container.get("Environment", [])}
            assert not {name for name in told if re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL|REDIS_URL|KEY", name)}
            assert {"DATABASE_URL"} <= {secret.get("Name") for secret in container["Secrets"]}
    for name, secret in of("AWS::SecretsManager::Secret").items():
        made = "GenerateSecretString" in secret
        assert made or "resolve:secretsmanager" in json.dumps(secret) or name == "AdminHash", name
    assert template()["Parameters"]["AdminPasswordHash"]["NoEcho"] is True


def test_each_process_has_a_token_of_its_own_and_knows_its_callers() -> None:
    secrets = of("AWS::SecretsManager::Secret")
    given = {
        name: {secret["Name"]: secret["ValueFrom"]["Ref"] for secret in main["Secrets"] if "Name" in secret}
        for name, (_, _, main) in processes().items()
    }
    shown = {name: found["GATEHOUSE_OWN_TOKEN"] for name, found in given.items() if "GATEHOUSE_OWN_TOKEN" in found}
    assert shown.keys() == process_tokens.SCOPES.keys() - {"simulator"}
    assert len(set(shown.values())) == len(shown)
    calls = {"api": {"console", "alerts"}, "scoring": {"api", "alerts"}}
    for name, found in given.items():
        listed = found.get("GATEHOUSE_INTERNAL_CALLERS")
        assert bool(listed) == (name in calls), name
        assert ("GATEHOUSE_INTERNAL_TOKEN" in found) == (name in calls), "only who is called knows the old one"
        if listed:
            text = secrets[listed]["SecretString"]["Fn::Sub"]
            callers = dict(re.findall(r"(\w+)=\{\{resolve:secretsmanager:\$\{(\w+)\}\}\}", text))
            assert callers == {caller: shown[caller] for caller in calls[name]}
            for caller in calls[name]:  # who is called is renewed first
                service = resources()[
                    {"api": "ApiService", "console": "ConsoleService", "alerts": "AlertsService"}[caller]
                ]
                assert {"api": "ApiService", "scoring": "ScoringService"}[name] in service["DependsOn"]


def test_rights_are_the_least() -> None:
    roles = of("AWS::IAM::Role")
    statements = {
        name: [s for p in role.get("Policies", []) for s in p["PolicyDocument"]["Statement"]]
        for name, role in roles.items()
    }
    assert statements["ProcessRole"] == []
    (scale,) = statements["AlertsRole"]
    assert scale["Action"] == ["ecs:DescribeServices", "ecs:UpdateService"]
    assert scale["Resource"]["Fn::Sub"].endswith("service/${Cluster}/scoring")
    wide = [s["Action"] for s in statements["ExecutionRole"] if s["Resource"] == "*"]
    assert wide == ["ecr:GetAuthorizationToken"]  # which cannot be narrowed
    assert not any("*" in action for group in statements.values() for s in group for action in s["Action"])
    (task,) = [t for t in of("AWS::ECS::TaskDefinition").values() if t["TaskRoleArn"]["Fn::GetAtt"][0] == "AlertsRole"]
    assert task["ContainerDefinitions"][0]["Command"] == ["python3", "-m", "alerts"]


def test_stores_answer_our_processes_only() -> None:
    groups = of("AWS::EC2::SecurityGroup")
    for name in ("DatabaseGroup", "CacheGroup"):
        assert [rule["SourceSecurityGroupId"] for rule in groups[name]["SecurityGroupIngress"]] == [
            {"Ref": "ProcessGroup"}
        ]
    for rule in groups["ProcessGroup"]["SecurityGroupIngress"]:
        assert rule["SourceSecurityGroupId"] == {"Ref": "BalancerGroup"}


def test_what_must_not_be_lost_is_kept() -> None:
    for name in ("Database", "Cache"):
        assert resources()[name]["DeletionPolicy"] == resources()[name]["UpdateReplacePolicy"] == "Snapshot"
    assert resources()["SecretKey"]["DeletionPolicy"] == "Retain"
    assert resources()["Database"]["Properties"]["DeletionProtection"] is True


def test_every_variable_is_one_that_the_product_reads() -> None:
    for service, _, main in processes().values():
        for variable in [*main["Environment"], *(s for s in main["Secrets"] if "Name" in s)]:
            name = variable["Name"]
            own = name.startswith(
                ("GATEHOUSE_SCALE_", "GATEHOUSE_PAGERDUTY_", "GATEHOUSE_SLACK_", "GATEHOUSE_SMTP_", "GATEHOUSE_PUBLIC_")
            )
            assert own or name in settings._DEFAULTS, f"{service['ServiceName']}: {name}"
    text = "".join((ROOT / "config" / f"{name}.toml").read_text() for name in ("actions", "alerts", "channels"))
    _, _, main = processes()["alerts"]
    for variable in main["Environment"]:
        if variable["Name"].startswith(("GATEHOUSE_SCALE_", "GATEHOUSE_PUBLIC_")):
            assert variable["Name"] in text
