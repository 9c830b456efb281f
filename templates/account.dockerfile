{% if account and account.is_default %}
{% include "default-account.dockerfile" %}
{% elif account %}
{# Not every image has `useradd`, and it writes the current date to `/etc/shadow`. #}
# The user that everything runs as, with a home of its own.
RUN set -eu; \
    if grep -E '^({{ account.name }}:|[^:]*:[^:]*:{{ account.uid }}:)' /etc/passwd /etc/group; then \
      echo 'user {{ account.name }} or number {{ account.uid }} is taken in {{ runtime_image }}' >&2; exit 1; \
    fi; \
    echo '{{ account.name }}:x:{{ account.uid }}:{{ account.uid }}::{{ account.home }}:/bin/sh' >> /etc/passwd; \
    echo '{{ account.name }}:x:{{ account.uid }}:' >> /etc/group; \
    mkdir -p {{ account.home }}; \
    chown {{ user }} {{ account.home }}
{% endif %}
{% if user and workdir %}
# The folder that programs start in is theirs, if it is not there yet.
RUN if [ ! -e {{ workdir }} ]; then mkdir -p {{ workdir }} && chown {{ user }} {{ workdir }}; fi
{% endif %}
