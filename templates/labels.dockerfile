{% for label in labels %}
LABEL {{ label.key }}={{ label.value | quote }}
{% endfor %}
