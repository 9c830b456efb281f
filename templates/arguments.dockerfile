ARG PIP_DISABLE_PIP_VERSION_CHECK=1
ARG PIP_ROOT_USER_ACTION=ignore
{% if mounts %}
ARG PIP_CACHE_DIR=/var/cache/pip
{% else %}
ARG PIP_NO_CACHE_DIR=1
{% endif %}
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
