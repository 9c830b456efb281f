{% if labels %}

# What it says of itself.
LABEL {% for label in labels %}{{ label.key }}={{ label.value | quote }}{% if not loop.last %} \
      {%+ endif %}{% endfor %}

{% endif %}
