# One image for every process; the command chooses which. Built in two stages, so that no compiler or cache stays in it.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python3 -m venv --copies /opt/gatehouse/venv
WORKDIR /opt/gatehouse
COPY requirements.txt requirements-aws.txt ./
# The embedded PostgreSQL and Redis are for the local stack; a container has servers of its own.
RUN grep -v 'for the local stack' requirements.txt > needed.txt && venv/bin/pip install -r needed.txt && rm needed.txt
ARG AWS=
RUN if [ -n "$AWS" ]; then venv/bin/pip install -r requirements-aws.txt; fi

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin gatehouse \
 && mkdir -p /run/gatehouse /run/redis /run/postgres \
 && chown gatehouse:gatehouse /run/gatehouse /run/redis /run/postgres
ENV PATH=/opt/gatehouse/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    GATEHOUSE_HOST=0.0.0.0 GATEHOUSE_DATA=/tmp/gatehouse
WORKDIR /opt/gatehouse
COPY --from=build /opt/gatehouse/venv venv
COPY monitoring_api.py monitoring_dashboard.py gunicorn.conf.py ./
COPY sql sql
COPY config config
COPY docs/runbooks docs/runbooks
COPY core core
COPY api api
COPY collector collector
COPY console console
COPY alerts alerts
COPY ml ml
COPY simulator simulator
COPY stack stack
USER 10001:10001
# Where file systems are read-only this is what may be written; a declared volume keeps the directory's rights on Fargate.
VOLUME ["/tmp"]
CMD ["gunicorn", "monitoring_api:app"]
