"""Proposals to the district: what was asked, what was replied, and what answers it here."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Proposal(models.Model):
    """提案: summarised in our own words, with a link to the source."""

    number = models.CharField(_("提案号"), max_length=20, unique=True)
    title = models.CharField(_("标题"), max_length=120)
    proposer = models.CharField(_("提案人"), max_length=60)
    body_name = models.CharField(_("受理机关"), max_length=80)
    published_on = models.DateField(_("公开日期"))
    summary = models.TextField(_("提案摘要"))
    reply_summary = models.TextField(_("办理报告摘要"))
    source_url = models.URLField(_("原文"), max_length=300)

    class Meta:
        ordering = ["-published_on"]
        verbose_name = _("提案")
        verbose_name_plural = _("提案")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("governance:proposal", args=[self.number])


class Recommendation(models.Model):
    """建议条目, and the place in the product that answers it, if there is one."""

    class Strand(models.TextChoices):
        GOVERNMENT = "government", _("政府")
        SCHOOL = "school", _("学校")
        FAMILY = "family", _("家庭")
        SOCIETY = "society", _("社会")

    class Coverage(models.TextChoices):
        FULL = "full", _("已经能用")
        PART = "part", _("能用一部分")
        NONE = "none", _("还没有")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="recommendations")
    order = models.PositiveSmallIntegerField(_("次序"))
    strand = models.CharField(_("方面"), max_length=12, choices=Strand)
    title = models.CharField(_("一句话"), max_length=60)
    summary = models.CharField(_("建议内容"), max_length=400)
    coverage = models.CharField(_("进展"), max_length=6, choices=Coverage)
    answer = models.CharField(_("平台怎么回应"), max_length=300)
    place = models.CharField(_("在哪里"), max_length=60, blank=True)
    url_name = models.CharField(max_length=80, blank=True)
    url_argument = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["proposal", "order"]
        verbose_name = _("建议条目")
        verbose_name_plural = _("建议条目")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "order"], name="recommendation_order_once"),
            models.CheckConstraint(
                condition=models.Q(coverage="none", url_name="")
                | (~models.Q(coverage="none") & ~models.Q(url_name="")),
                name="recommendation_answer_has_place",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        if not self.url_name:
            return ""
        return reverse(self.url_name, args=[self.url_argument] if self.url_argument else None)


class ReplyPoint(models.Model):
    """One measure of the handling report (办理报告), in our own words."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="reply_points")
    order = models.PositiveSmallIntegerField(_("次序"))
    heading = models.CharField(_("方面"), max_length=40)
    summary = models.CharField(_("内容"), max_length=300)

    class Meta:
        ordering = ["proposal", "order"]
        verbose_name = _("办理措施")
        verbose_name_plural = _("办理措施")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "order"], name="reply_point_order_once")
        ]

    def __str__(self) -> str:
        return self.heading
