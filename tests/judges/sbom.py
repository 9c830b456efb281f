"""Validates bills of materials.

Each input line is an object as JSON: `format` (`cyclonedx` or `spdx`) and `text`, the document. Each output line is an
object: `faults`, a list of texts, and `packages`, which has an object for each package: its `purl` in the normal form,
its `version`, its `hashes` (`SHA-256:…`), and the names of the packages that it `requires`.
"""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.model import RelationshipType
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

CYCLONEDX = JsonStrictValidator(SchemaVersion.V1_6)


def purl_of(text, faults):
    """Returns the normal form, from which a well-formed package URL does not differ."""
    if text is None:
        return None
    normal = PackageURL.from_string(text).to_string()
    if normal != text:
        faults.append(f"{text} should be {normal}")
    return normal


def cyclonedx(text):
    found = CYCLONEDX.validate_str(text)
    faults = [] if found is None else [str(found)]
    document = json.loads(text)
    components = [document["metadata"]["component"], *document["components"]]
    names = {component["bom-ref"]: component["name"] for component in components}
    edges = {entry["ref"]: [names[ref] for ref in entry["dependsOn"]] for entry in document["dependencies"]}
    packages = {}
    for component in components:
        references = component.get("externalReferences", [])
        hashes = [hash for holder in [component, *references] for hash in holder.get("hashes", [])]
        packages[component["name"]] = {
            "version": component.get("version"),
            "purl": purl_of(component.get("purl"), faults),
            "hashes": sorted({f"{hash['alg']}:{hash['content']}" for hash in hashes}),
            "requires": edges.get(component["bom-ref"]),
        }
    if len(names) != len(components):
        faults.append("two components have one reference")
    return faults, packages


def spdx(text):
    try:
        document = JsonLikeDictParser().parse(json.loads(text))
    except SPDXParsingError as error:
        return error.get_messages(), {}
    faults = [str(message.validation_message) for message in validate_full_spdx_document(document)]
    names = {package.spdx_id: package.name for package in document.packages}
    packages = {}
    for package in document.packages:
        purls = [purl_of(reference.locator, faults) for reference in package.external_references]
        requires = [
            names[edge.related_spdx_element_id]
            for edge in document.relationships
            if edge.relationship_type is RelationshipType.DEPENDS_ON and edge.spdx_element_id == package.spdx_id
        ]
        packages[package.name] = {
            "version": package.version,
            "purl": purls[0] if purls else None,
            "hashes": sorted(f"{sum.algorithm.name.replace('SHA', 'SHA-')}:{sum.value}" for sum in package.checksums),
            "requires": requires,
        }
    return faults, packages


for line in sys.stdin:
    asked = json.loads(line)
    faults, packages = {"cyclonedx": cyclonedx, "spdx": spdx}[asked["format"]](asked["text"])
    print(json.dumps({"faults": faults, "packages": packages}), flush=True)
