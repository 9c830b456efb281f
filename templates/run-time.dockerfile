
# How it runs.
ENV {% for variable in env %}{{ variable.name }}={{ variable.value | quote }}{% if not loop.last %} \
    {%+ endif %}{% endfor %}

{% if expose %}
EXPOSE {% for port in expose %}{{ port }}{% if not loop.last %} {% endif %}{% endfor %}

{% endif %}
{% if healthcheck %}
HEALTHCHECK {% for option in healthcheck.options %}{{ option }} {% endfor %}CMD {{ healthcheck.cmd | exec }}
{% endif %}
{% if stop_signal %}
STOPSIGNAL {{ stop_signal }}
{% endif %}
{% if starts_in %}
WORKDIR {{ starts_in }}
{% endif %}
{% if user %}
USER {{ user }}
{% else %}
# As the runtime image does: it names its user in this variable.
USER ${AGENTIX_USER:-0}
{% endif %}
{% if entrypoint %}
ENTRYPOINT {{ entrypoint | exec }}
{% endif %}
{% if cmd %}
CMD {{ cmd | exec }}
{% endif %}
