# A task image as Alpine is: musl and busybox.
FROM python:3.11-slim AS debian
RUN apt-get update -qq && apt-get install -qq --yes musl busybox-static && \
    mkdir -p /task/lib /task/bin && cp -L /lib/ld-musl-*.so.1 /task/lib/ && cp /bin/busybox /task/bin/sh
FROM scratch
COPY --from=debian /task/ /
