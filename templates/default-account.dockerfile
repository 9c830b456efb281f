# The account that programs run as, unless this image has its number, and a home for it.
RUN set -eu; \
    if ! grep -q '^[^:]*:[^:]*:{{ account.uid }}:' /etc/passwd; then \
      echo '{{ account.name }}:x:{{ account.uid }}:{{ account.uid }}::{{ account.home }}:/bin/sh' >> /etc/passwd; \
      echo '{{ account.name }}:x:{{ account.uid }}:' >> /etc/group; \
    fi; \
    mkdir -p {{ account.home }}; \
    chown {{ user }} {{ account.home }}
