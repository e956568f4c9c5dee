"""Two replicas more, never above the maximum, and back to where it was: locally, on Kubernetes, on ECS."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core import codec
from core.alerting import scale_targets

LOCAL = """
[[action]]
name = "scale-backend"
kind = "scale"
mode = "auto"
cooldown_minutes = 1
per_hour = 3
revert_after_minutes = 60
attempts = 2
[action.parameters]
target = "local"
service = "scoring"
step = 2
maximum = 4
"""


def local(stage, replicas=1):
    with stage.stores.database.transaction() as connection:
        scale_targets.report(connection, "scoring", replicas, stage.now)


def wanted(stage):
    with stage.stores.database.transaction() as connection:
        return scale_targets.one(connection, "scoring").wanted


def test_two_more_and_back_to_the_baseline(staged):
    stage = staged(LOCAL)
    local(stage)
    run = stage.done("scale-backend", rule="A2")
    assert (run.state, wanted(stage)) == ("applied", 3), run.message
    assert run.message == "scoring: 1 → 3 replicas (local)"
    run = stage.recover(run)
    assert (run.state, wanted(stage)) == ("reverted", 1)


def test_never_above_the_maximum_and_back_only_when_nobody_wants_it(staged):
    stage = staged(LOCAL)
    local(stage)
    first = stage.done("scale-backend", rule="A2")
    stage.now += 120
    second = stage.done("scale-backend", rule="A2b")
    assert (wanted(stage), second.before["baseline"]) == (4, 1)
    stage.now += 120
    third = stage.done("scale-backend", rule="A2c")
    assert (third.state, wanted(stage)) == ("refused", 4)
    assert "the maximum is 4" in third.message
    assert "still needs scoring scaled" in stage.recover(first).message
    assert wanted(stage) == 4
    stage.recover(second)
    assert wanted(stage) == 1


def test_without_a_stack_it_says_so(staged):
    run = staged(LOCAL).done("scale-backend", rule="A2")
    assert (run.state, run.message) == ("failed", "no local stack reports a service 'scoring' that can be scaled")


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("point", ["begun", "called", "committed"])
def test_a_crash_anywhere_sets_the_same_level(staged, point):
    stage = staged(LOCAL)
    local(stage)
    run = stage.ask("scale-backend", rule="A2")

    def reached(step):
        if step == point:
            raise Crash

    with pytest.raises(Crash):
        stage.hands(reached)[1].step()
    stage.now += 130
    stage.do()
    assert (stage.again(run).state, wanted(stage)) == ("applied", 3)
    stage.now += 3601
    stage.do()
    assert (stage.again(run).state, wanted(stage)) == ("reverted", 1)


def test_a_worker_that_slept_past_its_claim_changes_nothing(staged):
    stage = staged(LOCAL)
    local(stage)
    run = stage.ask("scale-backend", rule="A2")

    def meanwhile(step):
        if step == "begun":  # this worker sleeps, another one takes over, and the incident ends
            stage.now += 130
            stage.do()
            stage.recover(run)
            assert wanted(stage) == 1

    stage.hands(meanwhile)[1].step()
    assert (stage.again(run).state, wanted(stage)) == ("reverted", 1)


SCALE = "/apis/apps/v1/namespaces/shop/deployments/scoring/scale"
AUTOSCALER = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/scoring"
FIELDS = {SCALE: "replicas", AUTOSCALER: "minReplicas"}


class Cluster(BaseHTTPRequestHandler):
    """The scale subresource and the autoscaler of a Kubernetes API server, as its reference says."""

    def do_GET(self):
        self._answer()

    def do_PATCH(self):
        body = codec.decode(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.patches.append((self.headers["Content-Type"], body))
        if self.server.status == 200:
            self.server.replicas = body["spec"][FIELDS[self.path]]
        self._answer()

    def _answer(self):
        server = self.server
        server.tokens.append(self.headers["Authorization"])
        status = server.status if self.path in FIELDS else 404
        found = {"kind": "Scale", "spec": {FIELDS.get(self.path, ""): server.replicas}}
        if status != 200:
            found = {"kind": "Status", "status": "Failure", "message": "deployments.apps is forbidden", "code": status}
        data = codec.encode(found)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def cluster():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cluster)
    server.replicas, server.status, server.patches, server.tokens = 2, 200, [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def on_kubernetes(staged, cluster, token, more=""):
    text = LOCAL.replace('"local"', '"kubernetes"').replace("maximum = 4", "maximum = 6")
    address = f"http://127.0.0.1:{cluster.server_port}"
    return staged(
        f'{text}\n[action.parameters.settings]\napi = "{address}"\nnamespace = "shop"\ntoken_file = "{token}"\n{more}'
    )


def test_where_an_autoscaler_counts_its_minimum_is_raised_and_lowered(staged, cluster, tmp_path):
    (tmp_path / "token").write_text("one")
    stage = on_kubernetes(staged, cluster, tmp_path / "token", 'resource = "autoscaler"\n')
    run = stage.done("scale-backend", rule="A2")
    assert (run.state, cluster.replicas) == ("applied", 4), run.message
    assert stage.recover(run).state == "reverted"
    assert [body for _, body in cluster.patches] == [{"spec": {"minReplicas": 4}}, {"spec": {"minReplicas": 2}}]


def test_the_shipped_configuration_follows_the_platforms_variables(database_url, redis_url):
    from alerts.respond import action
    from core import settings

    found = {}
    for target, more in (
        ("local", {}),
        ("kubernetes", {"NAMESPACE": "shop", "RESOURCE": "autoscaler"}),
        ("ecs", {"CLUSTER": "prod", "REGION": "eu-central-1"}),
    ):
        variables = {f"GATEHOUSE_SCALE_{name}": value for name, value in {"TARGET": target, **more}.items()}
        known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, **variables})
        parameters = action.load(known).by_name["scale-backend"].parameters
        found[parameters.target] = (parameters.service, parameters.given)
    assert found == {
        "local": ("scoring", {}),
        "kubernetes": ("scoring", {"namespace": "shop", "resource": "autoscaler"}),
        "ecs": ("scoring", {"cluster": "prod", "region": "eu-central-1"}),
    }


def test_a_deployment_is_patched_with_the_token_of_the_moment(staged, cluster, tmp_path):
    token = tmp_path / "token"
    token.write_text("first\n")
    stage = on_kubernetes(staged, cluster, token)
    run = stage.done("scale-backend", rule="A2")
    assert (run.state, cluster.replicas) == ("applied", 4), run.message
    token.write_text("second\n")
    stage.recover(run)
    assert cluster.replicas == 2
    assert cluster.patches == [
        ("application/merge-patch+json", {"spec": {"replicas": 4}}),
        ("application/merge-patch+json", {"spec": {"replicas": 2}}),
    ]
    assert set(cluster.tokens) == {"Bearer first", "Bearer second"}


def test_a_refusal_is_final_and_a_busy_server_is_asked_again(staged, cluster, tmp_path):
    token = tmp_path / "token"
    token.write_text("one")
    stage = on_kubernetes(staged, cluster, token)
    cluster.status = 403
    run = stage.done("scale-backend", rule="A2")
    assert run.state == "failed"
    assert "403 for scoring: deployments.apps is forbidden" in run.message
    cluster.status = 503
    stage.now += 120
    run = stage.done("scale-backend", rule="A2b")
    assert run.state == "due"
    cluster.status = 200
    stage.now += 60
    stage.do()
    assert (stage.again(run).state, cluster.replicas) == ("applied", 4)


def test_a_missing_token_names_its_file(staged, cluster, tmp_path):
    stage = on_kubernetes(staged, cluster, tmp_path / "none")
    run = stage.done("scale-backend", rule="A2")
    assert run.state == "failed"
    assert str(tmp_path / "none") in run.message


@pytest.fixture
def ecs(monkeypatch):
    """boto3's own client, whose answers are checked against the service's model by botocore's stubber."""
    from botocore.stub import Stubber

    from alerts.respond.scaling import ecs as target

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    client = target.make_client(target.Parameters(cluster="prod", region="eu-central-1"))
    stubber = Stubber(client)
    stubber.activate()
    monkeypatch.setattr(target, "make_client", lambda _: client)
    return stubber


def describes(stubber, count):
    asked = {"cluster": "prod", "services": ["scoring"]}
    stubber.add_response("describe_services", {"services": [{"desiredCount": count}]}, asked)


def on_ecs(staged):
    text = LOCAL.replace('"local"', '"ecs"')
    return staged(f'{text}\n[action.parameters.settings]\ncluster = "prod"\nregion = "eu-central-1"\n')


def test_an_ecs_service_is_updated_and_put_back(staged, ecs):
    stage = on_ecs(staged)
    describes(ecs, 2)
    ecs.add_response("update_service", {}, {"cluster": "prod", "service": "scoring", "desiredCount": 4})
    run = stage.done("scale-backend", rule="A2")
    assert run.state == "applied", run.message
    describes(ecs, 4)
    ecs.add_response("update_service", {}, {"cluster": "prod", "service": "scoring", "desiredCount": 2})
    assert stage.recover(run).state == "reverted"
    ecs.assert_no_pending_responses()


def test_ecs_says_what_is_wrong(staged, ecs):
    stage = on_ecs(staged)
    ecs.add_client_error("describe_services", "ClusterNotFoundException", "no cluster")
    run = stage.done("scale-backend", rule="A2")
    assert (run.state, run.message) == ("failed", "ECS answered ClusterNotFoundException: no cluster")
    ecs.add_client_error("describe_services", "ThrottlingException", "slow down")
    stage.now += 120
    run = stage.done("scale-backend", rule="A2b")
    assert (run.state, run.message) == ("due", "ecs cannot be reached: ThrottlingException")


def test_a_wrong_target_is_named_when_the_configuration_is_read(staged):
    from alerts.respond import action
    from core.errors import ConfigError

    stage = staged(LOCAL.replace('"local"', '"mainframe"'))
    with pytest.raises(ConfigError, match="no target 'mainframe'; there are ecs, kubernetes, local"):
        action.load(stage.known)


def test_it_stays_for_its_least_time_though_the_incident_has_ended(staged):
    stage = staged(LOCAL.replace("revert_after_minutes = 60", "revert_after_minutes = 60\nleast_minutes = 15"))
    local(stage)
    run = stage.done("scale-backend", rule="A2")
    stage.now += 300
    run = stage.recover(run)
    assert (run.state, wanted(stage)) == ("applied", 3)
    assert "it stays until" in run.message
    stage.now += 599
    stage.do()
    assert wanted(stage) == 3
    stage.now += 2
    stage.do()
    assert (stage.again(run).state, wanted(stage)) == ("reverted", 1)


def test_a_person_need_not_wait_for_its_least_time(staged):
    stage = staged(LOCAL.replace("revert_after_minutes = 60", "revert_after_minutes = 60\nleast_minutes = 15"))
    local(stage)
    run = stage.recover(stage.done("scale-backend", rule="A2"))
    stage.now += 1
    stage.say("revert", run.id, "anna", stage.now)
    stage.do()
    assert wanted(stage) == 1
