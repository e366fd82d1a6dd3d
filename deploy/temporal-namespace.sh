#!/bin/sh
# Makes the namespace and the search attributes that the API and the workers need. Safe to run again: what exists stays.
# Reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, as the Temporal CLI does.
set -eu

: "${TEMPORAL_ADDRESS:?is the address of the Temporal server, as temporal:7233}"
NAMESPACE=${TEMPORAL_NAMESPACE:-default}
RETENTION=${TEMPORAL_RETENTION:-30d}
ATTRIBUTES='ActivationPhase ConnectionId AdvertiserId'
TRIES=${TEMPORAL_TRIES:-60}
export TEMPORAL_ADDRESS

# Tries a command every two seconds until it succeeds; at last shows why it does not.
wait_for() {
  what=$1
  shift
  try=1
  until "$@" >/dev/null 2>&1; do
    if [ "$try" -ge "$TRIES" ]; then
      echo "$what: still not after $TRIES tries" >&2
      "$@" >&2
      return 1
    fi
    try=$((try + 1))
    sleep 2
  done
  echo "$what: yes"
}

has_attribute() {
  temporal operator search-attribute list --namespace "$NAMESPACE" | grep -q "^ *$1 "
}

# A database of Temporal shows a new attribute to queries and starts only after a while.
can_search() {
  temporal workflow count --namespace "$NAMESPACE" --query "$1 = 'none'"
}

wait_for "Temporal at $TEMPORAL_ADDRESS answers" temporal operator cluster health

if temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1; then
  echo "namespace $NAMESPACE exists"
else
  temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
fi
wait_for "namespace $NAMESPACE can be used" temporal operator search-attribute list --namespace "$NAMESPACE"

for attribute in $ATTRIBUTES; do
  if has_attribute "$attribute"; then
    echo "search attribute $attribute exists"
  else
    temporal operator search-attribute create --namespace "$NAMESPACE" --name "$attribute" --type Keyword
  fi
done
for attribute in $ATTRIBUTES; do
  wait_for "search attribute $attribute can be used" can_search "$attribute"
done
