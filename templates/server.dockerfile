ENV PATH="/nix/runtime/bin:$PATH"
ENV AGENTIX_BIND_PORT=8000
EXPOSE 8000
{% if not entrypoint %}
ENTRYPOINT ["/nix/runtime/bin/agentix-server"]
{% endif %}
