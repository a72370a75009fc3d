"""The bill of materials of one of the demo's downloads."""

import json

# Name, version, license, ecosystem.
COMPONENTS = (
    ("jackson-databind", "2.19.2", "Apache-2.0", "maven/com.fasterxml.jackson.core"),
    ("log4j-core", "2.25.1", "Apache-2.0", "maven/org.apache.logging.log4j"),
    ("netty-handler", "4.2.6.Final", "Apache-2.0", "maven/io.netty"),
    ("postgresql", "42.7.7", "BSD-2-Clause", "maven/org.postgresql"),
    ("spring-core", "6.2.11", "Apache-2.0", "maven/org.springframework"),
    ("tomcat-embed-core", "11.0.11", "Apache-2.0", "maven/org.apache.tomcat.embed"),
    ("zlib", "1.3.1", "Zlib", "generic"),
)


def cyclonedx(name: str, version: str) -> bytes:
    """Return a CycloneDX bill of materials in JSON."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": name, "version": version}},
        "components": [
            {
                "type": "library",
                "name": component,
                "version": at,
                "licenses": [{"license": {"id": license}}],
                "purl": f"pkg:{place}/{component}@{at}",
            }
            for component, at, license, place in COMPONENTS
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
