# A task image without a shell: the C library and the runtime of compilers, as distroless images have them.
FROM python:3.11-slim AS debian
RUN mkdir -p /task/lib64 /task/lib /task/tmp && \
    for loader in /lib/ld-linux*.so.* /lib64/ld-linux*.so.*; do \
      if [ -e "$loader" ]; then cp -L "$loader" "/task$loader"; fi; \
    done && \
    folder=$(dirname /lib/*-linux-gnu/libc.so.6) && mkdir -p "/task$folder" && \
    for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1 libresolv.so.2 libgcc_s.so.1; do \
      cp -L "$folder/$name" "/task$folder/"; \
    done
FROM scratch
COPY --from=debian /task/ /
ENV TASK=7
