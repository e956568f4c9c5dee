# One image for every process; the command chooses which. Two builds of one commit have the same layers, byte for byte:
# what is installed is locked with hashes, and all that the image adds is laid out in the build stage with one date and
# one set of rights, so that the second stage only copies. `make image-check` builds twice and compares.
# A base pinned by digest (--build-arg PYTHON_IMAGE=python:3.13-slim@sha256:...) keeps that true over time.
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
WORKDIR /opt/gatehouse
RUN python3 -m venv --copies --without-pip venv
COPY requirements.lock requirements-aws.lock /locks/
RUN python3 -m pip --python venv/bin/python install --no-deps --no-compile --require-hashes \
      -r /locks/requirements.lock
ARG AWS=
RUN if [ -n "$AWS" ]; then \
      python3 -m pip --python venv/bin/python install --no-deps --no-compile --require-hashes \
        -r /locks/requirements-aws.lock; \
    fi
# What nothing here reads: the libraries' own tests, source maps, Plotly's extension of JupyterLab. Then byte code that
# is not checked against dates, for a read-only root.
RUN find venv/lib -type d '(' -name tests -o -path '*/plotly/labextension' ')' -path '*-packages/*' -prune -exec rm -r {} + \
 && find venv/lib -name '*.map' -delete \
 && venv/bin/python -m compileall -q --invalidation-mode unchecked-hash venv/lib
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
COPY statuses statuses
RUN venv/bin/python -m compileall -q --invalidation-mode unchecked-hash -x '/venv/' .
ARG SOURCE_DATE_EPOCH=315532800
RUN mkdir -p /made/venv/opt/gatehouse /made/code/opt /made/code/etc \
      /made/code/run/gatehouse /made/code/run/redis /made/code/run/postgres /made/code/run/audit \
      /made/code/run/services/processes /made/code/run/services/console /made/code/run/services/api \
      /made/code/run/services/alerts /made/code/run/services/simulator \
 && mv venv /made/venv/opt/gatehouse/ && cp -r /opt/gatehouse /made/code/opt/ \
 && cp /etc/passwd /etc/group /made/code/etc/ \
 && echo 'gatehouse:x:10001:10001::/nonexistent:/usr/sbin/nologin' >> /made/code/etc/passwd \
 && echo 'gatehouse:x:10001:' >> /made/code/etc/group \
 && chmod -R u=rwX,go=rX /made \
 && chown -R 10001:10001 /made/code/run/gatehouse /made/code/run/redis /made/code/run/postgres /made/code/run/audit \
      /made/code/run/services \
 && find /made -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM ${PYTHON_IMAGE}
COPY --from=build /made/venv /
COPY --from=build /made/code /
ENV PATH=/opt/gatehouse/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    GATEHOUSE_HOST=0.0.0.0 GATEHOUSE_DATA=/tmp/gatehouse
WORKDIR /opt/gatehouse
USER 10001:10001
# Where file systems are read-only this is what may be written; a declared volume keeps the directory's rights on Fargate.
VOLUME ["/tmp"]
CMD ["gunicorn", "monitoring_api:app"]
