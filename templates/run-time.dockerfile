{% if env or expose or healthcheck or workdir or user or entrypoint or cmd %}

# How it runs.
{% if env %}
ENV {% for variable in env %}{{ variable.name }}={{ variable.value | quote }}{% if not loop.last %} \
    {%+ endif %}{% endfor %}

{% endif %}
{% if expose %}
EXPOSE {% for port in expose %}{{ port }}{% if not loop.last %} {% endif %}{% endfor %}

{% endif %}
{% if healthcheck %}
HEALTHCHECK {% for option in healthcheck.options %}{{ option }} {% endfor %}CMD {{ healthcheck.cmd | exec }}
{% endif %}
{% if workdir %}
WORKDIR {{ workdir }}
{% endif %}
{% if user %}
USER {{ user }}
{% endif %}
{% if entrypoint %}
ENTRYPOINT {{ entrypoint | exec }}
{% endif %}
{% if cmd %}
CMD {{ cmd | exec }}
{% endif %}
{% endif %}
