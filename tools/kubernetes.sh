#!/usr/bin/env bash
# Builds deploy/kubernetes with kustomize and checks the result against Kubernetes' own schemas with
# kubeconform. Both are built of their Go modules, once; the schemas come from a package of PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.tools/kubernetes
schemas=$tools/kubernetes_validate/kubernetes-json-schema
kustomize=v5.8.1
kubeconform=v0.8.0
# The oldest that is looked at, and the newest that the package has.
versions=(1.30.0 1.37.0)

pinned=$(cat tools/kubernetes.txt "$0" | sha256sum)
if [ "$(cat "$tools/done" 2>/dev/null)" != "$pinned" ]; then
  rm -rf "$tools"
  mkdir -p "$tools"
  echo 'building kustomize and kubeconform' >&2
  export GOBIN=$tools
  nice bash tools/go.sh install "sigs.k8s.io/kustomize/kustomize/v5@$kustomize"
  nice bash tools/go.sh install "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r tools/kubernetes.txt -d "$tools" >&2
  python3 -m zipfile -e "$tools"/kubernetes_validate-*.whl "$tools"
  # Its own program answers for these addresses; here a reference goes by the folder.
  for version in "${versions[@]}"; do
    sed -i -e 's#"/api/_definitions.json#"_definitions.json#' -e 's/"$id":/"$comment":/' \
      "$schemas/v$version-local-strict"/*.json
  done
  echo "$pinned" >"$tools/done"
fi

folder='{{.NormalizedKubernetesVersion}}-local-strict'
file='{{.ResourceKind}}{{.KindSuffix}}.json'
for overlay in deploy/kubernetes deploy/kubernetes/own; do
  built=$("$tools/kustomize" build "$overlay")
  for version in "${versions[@]}"; do
    printf '%s, Kubernetes %s: ' "$overlay" "$version"
    "$tools/kubeconform" -strict -summary -kubernetes-version "$version" \
      -schema-location "$schemas/$folder/$file" <<<"$built"
  done
done
