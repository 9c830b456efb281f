{% from "secrets.dockerfile" import trust, trust_mount %}
# The interpreter: a Python that needs only the C library. uv checks its hash.
FROM {{ base_image }} AS interpreter
{% if base_image == runtime_image %}
USER 0
{% endif %}
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
{% if how.fetch.certificate and not how.mounts %}
COPY trust/ /run/trust/
{% endif %}
{% if not how.mounts %}
COPY --from={{ interpreter.uv }} /uv /usr/local/bin/
{% endif %}
RUN {% if how.mounts %}
--mount=type=bind,from={{ interpreter.uv }},source=/uv,target=/usr/local/bin/uv \
    {%+ endif %}
{{ trust_mount(how.fetch) }}{% if how.fetch.certificate %}
set -eu; \
    {%+ endif %}
{{ trust(how.fetch) }}uv python install --no-cache --no-bin --install-dir /nix/python
{%- if interpreter.mirror %} --mirror '{{ interpreter.mirror }}'{% endif %}
{%- if interpreter.downloads %} --python-downloads-json-url '{{ interpreter.downloads }}'{% endif %}
{%- if bytecode %} --compile-bytecode{% endif %} {{ interpreter.version }} && \
    rm -rf /nix/python/.[!.]* && \
    ln -s "$(basename /nix/python/cpython-*.*.*-*)" /nix/python/current
ENV PATH="/nix/python/current/bin:$PATH"
