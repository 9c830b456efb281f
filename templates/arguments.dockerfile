# For the steps of the build alone: none of this is set in the image.
{% if uv_here %}
{% if bytecode %}
ARG UV_COMPILE_BYTECODE=1
{% endif %}
ARG UV_LINK_MODE=copy
ARG UV_PYTHON_DOWNLOADS=never
{% if how.mounts %}
ARG UV_CACHE_DIR=/var/cache/uv
{% else %}
ARG UV_NO_CACHE=1
{% endif %}
{% else %}
ARG PIP_DISABLE_PIP_VERSION_CHECK=1
ARG PIP_ROOT_USER_ACTION=ignore
{% if not bytecode %}
ARG PIP_NO_COMPILE=1
{% endif %}
{% if how.mounts %}
ARG PIP_CACHE_DIR=/var/cache/pip
{% else %}
ARG PIP_NO_CACHE_DIR=1
{% endif %}
{% endif %}
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
{% if how.fetch.certificate and not how.mounts %}
COPY trust/ /run/trust/
{% endif %}
