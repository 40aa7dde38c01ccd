#!/bin/sh
# Makes obflow's namespace and the search attributes of its runs, as far as they are missing. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are in the environment.
set -eu

until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"

# A namespace is known to all parts of the server a few seconds after it was made.
for name in ObflowCluster ObflowTaskStatus ObflowCreator; do
  until temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" | grep -qw "$name"; do
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword || sleep 1
  done
done
