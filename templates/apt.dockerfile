{# All in one mount, where neither the `docker-clean` of official images deletes the archives, nor apt the lock that podman
   and buildah keep in a mount; and what apt marks as installed by itself, in `/var/lib/apt`, is left to the image. #}
# Debian's packages, for the build as well as for the image; none of those that they only recommend.
FROM {{ runtime_image }} AS base
RUN {% if how.mounts %}
--mount=type=cache,target=/var/cache/apt,sharing=locked \
    mkdir -p /var/cache/apt/lists/partial && \
    apt-get --option Dir::State::Lists=/var/cache/apt/lists update && \
    DEBIAN_FRONTEND=noninteractive apt-get --option Dir::State::Lists=/var/cache/apt/lists \
      --option Dir::Cache::Archives=packages install --yes --no-install-recommends \
{% else %}
apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
{% endif %}
{% for package in apt %}
      {{ package }} \
{% endfor %}
{# Logs hold the time. #}
    && rm -rf {% if not how.mounts %}
/var/cache/apt/* /var/lib/apt/lists/* \
      {%+ endif %}
/var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache
