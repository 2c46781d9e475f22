# One image for web, workers and beat; docker-compose.yml says which command each runs.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --uid 10001 --create-home --home-dir /srv/portal --shell /usr/sbin/nologin portal \
    && mkdir /srv/audit-heads /srv/private && chown portal:portal /srv/audit-heads /srv/private
WORKDIR /srv/portal

COPY requirements.txt .
RUN pip install -r requirements.txt && python -m compileall -q /usr/local/lib/python3.11/site-packages

COPY manage.py ./
COPY scripts/healthcheck.py scripts/make_secrets.py scripts/
COPY portal portal
COPY procedures procedures
COPY appointments appointments
COPY reports reports
COPY templates templates
COPY static static
COPY locale locale

# collectstatic needs settings, settings need keys: throw-away ones, gone before the layer is closed.
ENV PORTAL_VAR=/srv/portal/var
RUN python scripts/make_secrets.py /tmp/keys \
    && PORTAL_MODE=production PORTAL_SECRETS_DIR=/tmp/keys ALLOWED_HOSTS=build PUBLIC_URL=https://build \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/keys var/portal.sqlite3* var/broker

USER portal
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "portal.wsgi:application"]
