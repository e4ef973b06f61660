"""Divisions and the organisations in them."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from gongyu.places.models import Division, Organization, Precision


class DivisionFactory(DjangoModelFactory):
    """A township; ``CommunityDivisionFactory`` makes a community of one."""

    class Meta:
        model = Division
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"110115{n % 1000:03d}")
    name = factory.Sequence(lambda n: f"第{n}镇")
    short_name = factory.SelfAttribute("name")
    level = Division.Level.TOWNSHIP
    lon, lat, precision = 116.34, 39.73, Precision.TOWNSHIP


class CommunityDivisionFactory(DivisionFactory):
    code = factory.Sequence(lambda n: f"110115001{n % 1000:03d}")
    name = factory.Sequence(lambda n: f"第{n}社区")
    level = Division.Level.COMMUNITY
    parent = factory.SubFactory(DivisionFactory)
    precision = Precision.COMMUNITY


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"第{n}单位")
    kind = Organization.Kind.DEPARTMENT
    division = factory.SubFactory(DivisionFactory)
    lon, lat, precision = 116.34, 39.73, Precision.EXACT


class SchoolFactory(OrganizationFactory):
    """A primary school; say the grades for another kind."""

    name = factory.Sequence(lambda n: f"第{n}小学")
    kind = Organization.Kind.SCHOOL
    first_grade, last_grade = 1, 6


class UnitFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}博物馆")
    kind = Organization.Kind.RESOURCE_UNIT
    lon, lat = 116.36, 39.75


class CommissionFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}教育委员会")
    kind = Organization.Kind.COMMISSION


class DepartmentFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}部门")


class CommunityFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}居委会")
    kind = Organization.Kind.COMMUNITY


class StreetOfficeFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}街道办事处")
    kind = Organization.Kind.STREET_OFFICE
