{% if not agentix_version %}
{# Copying does not remove what an installer has removed, such as the metadata of a version that it has replaced. #}
RUN rm -rf /nix/runtime
{% endif %}
COPY --from={{ environment_stage }} /nix/runtime/ /nix/runtime/
