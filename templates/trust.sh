# Read by the steps that fetch something: they trust the given certificates beside those of their image. Each of the
# variables takes one list, and that instead of the list the program has itself.
trap 'rm -f /tmp/trusted.pem' EXIT
for list in "${SSL_CERT_FILE:-}" "${NIX_SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt \
    /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem \
    /mnt/pip/lib/python3*/site-packages/pip/_vendor/certifi/cacert.pem \
    /nix/runtime/lib/python3*/site-packages/pip/_vendor/certifi/cacert.pem; do
  if [ -s "$list" ]; then break; fi
done
{ if [ -s "$list" ]; then cat "$list"; echo; fi; cat /run/trust/ca-certificate.pem; } > /tmp/trusted.pem
export PIP_CERT=/tmp/trusted.pem REQUESTS_CA_BUNDLE=/tmp/trusted.pem SSL_CERT_FILE=/tmp/trusted.pem
export NIX_SSL_CERT_FILE=/tmp/trusted.pem GIT_SSL_CAINFO=/tmp/trusted.pem
