{# One instruction for all: each instruction is a separate step, and podman and buildah look up every step, even if
   nothing changed. #}
# For the steps of the build alone: none of this is set in the image.
{% if uv_here %}
ARG UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
{% if bytecode %}
    UV_COMPILE_BYTECODE=1 \
{% endif %}
{% if how.mounts %}
    UV_CACHE_DIR=/var/cache/uv
{% else %}
    UV_NO_CACHE=1
{% endif %}
{% else %}
ARG PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
{% if not bytecode %}
    PIP_NO_COMPILE=1 \
{% endif %}
{% if how.mounts %}
    PIP_CACHE_DIR=/var/cache/pip
{% else %}
    PIP_NO_CACHE_DIR=1
{% endif %}
{% endif %}
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
{% if how.fetch.certificate and not how.mounts %}
COPY trust/ /run/trust/
{% endif %}
