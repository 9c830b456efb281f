{# Package lists and archives share one cache mount, in folders of their own. There, the `docker-clean` configuration of
   official images does not delete the archives, and apt does not delete the lock file that podman and buildah keep in
   the mount. `/var/lib/apt` is not mounted: apt records there which packages it installed automatically, and this
   record belongs in the image. #}
{% macro install_packages(how, packages) %}
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
{% for package in packages %}
      {{ package }} \
{% endfor %}
{# Log files contain timestamps. #}
    && rm -rf {% if not how.mounts %}
/var/cache/apt/* /var/lib/apt/lists/* \
      {%+ endif %}
/var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache
{% endmacro %}
