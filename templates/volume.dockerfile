
# Other images mount the environment with its interpreter from a container of this one.
VOLUME {{ portable_folder }}
