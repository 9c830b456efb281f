{% if entry_point and entry_point.step == "own" %}

# The image can start: its entry point is there.
RUN {{ entry_point.words | exec }}
{% endif %}
